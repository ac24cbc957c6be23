"""Pictures: the loss curve, the embedding, the activations, the sweep."""
