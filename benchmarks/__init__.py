"""Speed and memory of every operation beside PyTorch, OpenCV, Pillow, SciPy and scikit-image, in one process."""
