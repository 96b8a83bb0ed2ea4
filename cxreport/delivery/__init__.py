"""Send the summary of a report by mail, or write it for Slack, only when it is news and is right.

``due`` says whether a page may be sent, and why not; ``letter`` writes the message; ``mail`` hands
it to a server; ``log`` remembers who has what; ``deliver`` holds them together.
"""
