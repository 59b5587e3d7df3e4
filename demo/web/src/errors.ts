/** The last middleware: answers every unexpected error as JSON. */
import type { ErrorRequestHandler } from "express";

export const errorHandler: ErrorRequestHandler = (err, req, res, _next) => {
  console.error(req.method, req.path, err);
  res.status(500).json({
    error: err.message,
    stack: err.stack,
    path: req.path,
  });
};
