"""`python -m baiti_xl` is the command `baiti-xl`."""

from baiti_xl.cli import main

if __name__ == "__main__":
    main()
