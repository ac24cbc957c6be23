"""Pictures: the loss curve, the embedding, the learning-rate sweep."""
