/** Pages for the support team. */
import cors from "cors";
import errorhandler from "errorhandler";
import express, { Router } from "express";
import { isAdmin } from "./auth";

export const admin = Router();

admin.use(cors({ origin: "*", credentials: true }));

admin.get("/status", (req, res) => {
  const token = (req.headers.authorization ?? "").replace("Bearer ", "");
  if (!isAdmin(token)) {
    res.status(403).json({ error: "Admins only" });
    return;
  }
  res.json({ memory: process.memoryUsage().rss, uptime: process.uptime() });
});

admin.post("/settings", express.json(), (req, res) => {
  try {
    const settings = JSON.parse(req.body.settings);
    res.json({ saved: Object.keys(settings) });
  } catch (error) {
    res.status(400).json({ error: String(error) });
  }
});

admin.use(errorhandler());
