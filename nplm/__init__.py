"""A neural probabilistic language model, the n-gram beside it, and their mixture.

corpus      from lines to ids to examples
models      what gives a symbol a probability
training    gradient steps
plots       pictures of it
and one noun a file: scores, sampling, metrics, files, parameters, errors
"""
