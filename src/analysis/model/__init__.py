"""Pure model: arrays and frames in, arrays and frames out."""
