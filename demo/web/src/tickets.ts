/** Routes for tickets: search and show. */
import { Router } from "express";
import { getTicket, searchTickets, ticketsOf } from "./db";

export const tickets = Router();

tickets.get("/search", async (req, res, next) => {
  try {
    const query = String(req.query.q ?? "");
    const status = req.query.status as string | undefined;
    res.json({ results: await searchTickets(query, status) });
  } catch (error) {
    next(error);
  }
});

tickets.get("/by-owner/:owner", async (req, res, next) => {
  try {
    res.json({ tickets: await ticketsOf(req.params.owner) });
  } catch (error) {
    next(error);
  }
});

tickets.get("/:id", async (req, res, next) => {
  try {
    const ticket = await getTicket(Number(req.params.id));
    if (ticket === undefined) {
      res.status(404).json({ error: "No such ticket" });
      return;
    }
    res.json(ticket);
  } catch (error) {
    next(error);
  }
});
