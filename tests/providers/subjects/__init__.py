"""How each app takes part in the contract suite: one file per app, named like its file in `connections.apps`.

Each has a function `simulator(simulators)` that returns the app's `Simulator`.
"""
