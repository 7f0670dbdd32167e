"""`python -m deploy.local`, what `./bancheng` runs."""

from deploy.local.cli import main

main()
