"""The exercises of each chapter: what is right, what usually goes wrong, and what is to be written without.

Each module has a tuple ``EXERCISES``: first what is found by hand, then functions to write.
"""
