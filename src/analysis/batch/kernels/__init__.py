"""Kernels forked from one warm process that has imported the scientific stack; the ordinary kernel where forking is not possible."""
