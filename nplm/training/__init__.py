"""Gradient steps, and the learning rate of each."""
