/** The helpdesk website's API. Run it with: npm start */
import cors from "cors";
import express from "express";
import { admin } from "./admin";
import { auth } from "./auth";
import { errorHandler } from "./errors";
import { preview } from "./preview";
import { tickets } from "./tickets";
import { uploads } from "./uploads";

const app = express();

// Allow the frontend to call us with its session cookie
app.use(cors({ origin: true, credentials: true }));
app.use(express.json());

app.use("/auth", auth);
app.use("/admin", admin);
app.use("/tickets", tickets);
app.use("/attachments", uploads);
app.use("/", preview);

// The status page of our partners embeds this one
app.get("/health", (req, res) => {
  res.setHeader("Access-Control-Allow-Origin", req.headers.origin ?? "*");
  res.setHeader("Access-Control-Allow-Credentials", "true");
  res.json({ ok: true });
});

app.use(errorHandler);

const port = Number(process.env.PORT ?? 3000);
app.listen(port, () => console.log(`helpdesk listens on port ${port}`));
