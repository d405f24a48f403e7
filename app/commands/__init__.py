"""What the commands do: each module connects one group of app.actions with the parts that it commands."""
