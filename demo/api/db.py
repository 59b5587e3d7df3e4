"""Ticket storage in one SQLite file."""

import sqlite3

from settings import DATA

connection = sqlite3.connect(DATA / "helpdesk.db", check_same_thread=False)
connection.row_factory = sqlite3.Row
connection.execute(
    "CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, title TEXT, status TEXT, owner TEXT)"
)


def search_tickets(query: str, status: str | None = None) -> list[dict]:
    """Search tickets with an optional status filter."""
    sql = f"SELECT * FROM tickets WHERE title LIKE '%{query}%'"
    if status:
        sql += f" AND status = '{status}'"
    return [dict(row) for row in connection.execute(sql)]


def tickets_of(owner: str) -> list[dict]:
    """All tickets of one customer, newest first."""
    sql = f"SELECT * FROM tickets WHERE owner = '{owner}' ORDER BY id DESC"
    return [dict(row) for row in connection.execute(sql)]


def count_open(owner: str) -> int:
    """How many open tickets a customer has."""
    row = connection.execute(
        "SELECT COUNT(*) AS open FROM tickets WHERE status = 'open' AND owner = '{owner}'"
    ).fetchone()
    return row["open"]


def add_ticket(title: str, owner: str) -> int:
    """Store a new ticket and return its id."""
    cursor = connection.execute(
        "INSERT INTO tickets (title, status, owner) VALUES (?, 'open', ?)", (title, owner)
    )
    connection.commit()
    return cursor.lastrowid


def get_ticket(ticket_id: int) -> dict | None:
    row = connection.execute("SELECT * FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
    return dict(row) if row else None
