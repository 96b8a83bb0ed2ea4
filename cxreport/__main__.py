"""``python -m cxreport``: the command line."""

from cxreport.cli import main

if __name__ == "__main__":
    main(prog_name="cxreport")
