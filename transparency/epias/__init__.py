"""The market operator's transparency services (EPİAŞ), as far as EnergySys has their data.

Clients written for that platform work here unchanged. It is another party's contract: names, units,
times, sums and errors are theirs, see `energysys/docs/epias.md`.
"""
