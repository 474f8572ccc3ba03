"""The course in another language: catalogs for translators, checks of them, and the sources of the translated book.

English is the only source. Modules, each with one subject, in the order in which they use one another:

- ``markdown``, ``code``: where in a text its words stand, and how a translation is put in their place; ``names``:
  which strings of code are none;
- ``pages``: notebooks and pages, whole;
- ``messages``, ``catalogs``: what is to be translated, and the catalogs of it, read and brought up to date;
- ``collecting``: everything that there is to translate, and which catalog it belongs to;
- ``terms``, ``faults``: what a translation lost of numbers, code, formulas, links, emphasis or terms;
- ``checking``: every catalog against what there is to translate;
- ``making``: the translated sources, ready for jupyter-book.
"""
