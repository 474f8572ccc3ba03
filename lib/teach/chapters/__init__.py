"""The exercises of each chapter: what is right, and what usually goes wrong.

Each module has a tuple ``EXERCISES``. By custom a chapter has two: ``…_numbers`` for what is found by hand, ``…_code``
for functions to write.
"""
