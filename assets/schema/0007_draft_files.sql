-- The desk, version 7: drafts have files.

-- Kept as soon as they are attached, so that nothing is lost when the file on the disk goes.
CREATE TABLE draft_attachments (
  teammate_id {int} NOT NULL REFERENCES teammates (id),
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'note')),
  ticket_id {int} NOT NULL,
  position {int} NOT NULL,
  sha256 TEXT NOT NULL REFERENCES attachments (sha256),
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  PRIMARY KEY (teammate_id, kind, ticket_id, position)
) {strict};
-- Whether anything still has a file is asked when a draft lets go of it.
CREATE INDEX draft_attachments_sha256 ON draft_attachments (sha256);
CREATE INDEX part_attachments_sha256 ON part_attachments (sha256);
