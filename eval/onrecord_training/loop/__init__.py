"""What every training shares: the loop, checkpoints, learning rates and the weights to start from; no data, no task."""
