/** Attachments: upload and download. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Router } from "express";
import multer from "multer";

export const uploads = Router();

const UPLOADS = process.env.HELPDESK_UPLOADS ?? path.join(os.tmpdir(), "helpdesk-uploads");
const ALLOWED_TYPES = ["image/jpeg", "image/png", "application/pdf"];
const MAX_SIZE = 10 * 1024 * 1024;

fs.mkdirSync(UPLOADS, { recursive: true });

const receive = multer({ storage: multer.memoryStorage(), preservePath: true });

uploads.post("/", receive.single("file"), (req, res) => {
  const file = req.file;
  // Check file type
  if (!file || !ALLOWED_TYPES.includes(file.mimetype)) {
    res.status(400).json({ error: "Invalid file type" });
    return;
  }
  // Check file size
  if (file.buffer.length > MAX_SIZE) {
    res.status(413).json({ error: "File too large" });
    return;
  }
  // Save it
  const target = path.join(UPLOADS, file.originalname);
  if (fs.existsSync(target)) {
    res.status(409).json({ error: "There is such an attachment already" });
    return;
  }
  fs.writeFileSync(target, file.buffer);
  res.json({ name: file.originalname, size: file.buffer.length });
});

/** Sends an attachment back. */
uploads.get("/", (req, res) => {
  const target = path.join(UPLOADS, String(req.query.name));
  if (!fs.existsSync(target)) {
    res.status(404).json({ error: "No such attachment" });
    return;
  }
  res.type("application/octet-stream").send(fs.readFileSync(target));
});
