"""Attachments: upload and download."""

import os

from fastapi import APIRouter, HTTPException, Response, UploadFile

from settings import UPLOADS

router = APIRouter(prefix="/attachments")

ALLOWED_TYPES = {"image/jpeg", "image/png", "application/pdf"}
MAX_SIZE = 10 * 1024 * 1024


@router.post("")
async def upload_file(file: UploadFile):
    """Store a screenshot that belongs to a ticket."""
    # Check file type
    if file.content_type not in ALLOWED_TYPES:
        raise HTTPException(400, "Invalid file type")
    # Check file size
    contents = await file.read()
    if len(contents) > MAX_SIZE:
        raise HTTPException(413, "File too large")
    # Save it
    file_path = f"{UPLOADS}/{file.filename}"
    if os.path.exists(file_path):
        raise HTTPException(409, "There is such an attachment already")
    with open(file_path, "wb") as target:
        target.write(contents)
    return {"name": os.path.basename(file_path), "size": len(contents)}


@router.get("")
def download(name: str):
    """Send an attachment back."""
    path = os.path.join(UPLOADS, name)
    if not os.path.exists(path):
        raise HTTPException(404, "No such attachment")
    with open(path, "rb") as source:
        return Response(source.read(), media_type="application/octet-stream")
