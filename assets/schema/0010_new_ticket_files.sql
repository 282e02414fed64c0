-- The draft of a new ticket has files as well: the same table, which says so.
CREATE TABLE draft_attachments_10 (
  teammate_id {int} NOT NULL REFERENCES teammates (id),
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'note', 'new')),
  ticket_id {int} NOT NULL,
  position {int} NOT NULL,
  sha256 TEXT NOT NULL REFERENCES attachments (sha256),
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  PRIMARY KEY (teammate_id, kind, ticket_id, position)
) {strict};
INSERT INTO draft_attachments_10
  SELECT teammate_id, kind, ticket_id, position, sha256, name, mime FROM draft_attachments;
DROP TABLE draft_attachments;
ALTER TABLE draft_attachments_10 RENAME TO draft_attachments;
CREATE INDEX draft_attachments_sha256 ON draft_attachments (sha256);
