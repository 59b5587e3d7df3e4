"""Routes for tickets: create, search, show."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

import db

router = APIRouter(prefix="/tickets")


class NewTicket(BaseModel):
    title: str
    owner: str


@router.post("")
def create(ticket: NewTicket):
    return {"id": db.add_ticket(ticket.title, ticket.owner)}


@router.get("/search")
def search(q: str, status: str | None = None):
    """Full-text search for the support dashboard."""
    try:
        return {"results": db.search_tickets(q, status)}
    except Exception as error:
        raise HTTPException(500, detail=f"Search failed: {error}")


@router.get("/by-owner/{owner}")
def by_owner(owner: str):
    return {"open": db.count_open(owner), "tickets": db.tickets_of(owner)}


@router.get("/{ticket_id}")
def show(ticket_id: int):
    ticket = db.get_ticket(ticket_id)
    if ticket is None:
        raise HTTPException(404, "No such ticket")
    return ticket
