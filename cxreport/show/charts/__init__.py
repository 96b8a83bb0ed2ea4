"""Charts, one module per kind: a block -> what draws its figure, and the text that stands for it.

``picture.DRAWINGS`` lists the kinds; the docstring of each ``draw_...`` says which columns of the
frame and which parameters a block of that kind has. What all of them have:

- ``label``: what names the rows or the series, a column of the frame and its format,
  ``{"name": "group", "how": "code:channel"}``;
- ``x`` and ``y``: whole keys of the texts that name the axes, with their unit. Such a text may
  speak of the block's other parameters: ``axis.score`` names the axis of its ``metric``;
- ``how``: the format of a value in the alt text, ``number`` where it is not said;
- ``drawn``: the format of a value written in the picture, ``number`` where it is not said, since
  the axis says the unit;
- ``reference_value`` and ``reference_label``: where a line is drawn, and the whole key of the
  text that names it (``reference`` is the period before);
- ``alt``: the whole key of the alt text, for a block that the kind's own does not fit.

Formats are those of ``cxreport.show.formats``. Only this package draws: no other module imports
matplotlib or seaborn.
"""
