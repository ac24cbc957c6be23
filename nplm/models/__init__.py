"""What gives a symbol a probability: network, n-gram, mixture."""
