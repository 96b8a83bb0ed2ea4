"""Two published pages of a report -> what changed between them, and why.

``published`` reads a folder of pages and checks that it is the one published; ``figures`` reads the
numbers of its workbook; ``compare`` sets the two beside each other; ``lines`` writes what came of
it. Nothing is counted again: it works on pages whose data are gone.
"""
