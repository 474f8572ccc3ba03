"""The layers that networks are built from, with PyTorch's names, arguments and beginnings."""
