"""Pure drawings: values in, a Plotly figure as plain data out. They know nothing of Dash, Flask or stores."""
