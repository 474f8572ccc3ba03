"""The images that ship with the course, loaded from files in this package."""

from lib.data.photographs import Source, photograph, photographs

__all__ = ["Source", "photograph", "photographs"]
