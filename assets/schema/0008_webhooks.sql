-- Webhooks: other programs that are told of what happens.

-- Topics are words with blanks between them. A removed webhook stays, with its rows. While one fails
-- nothing is tried before `paused_until`. The secret it is signed with is not here: it is made from
-- the desk's key, which lies outside of the database.
CREATE TABLE webhooks (
  id {id},
  url TEXT NOT NULL,
  topics TEXT NOT NULL,
  internal {int} NOT NULL CHECK (internal IN (0, 1)),
  created_at {int} NOT NULL,
  removed_at {int},
  failing_since {int},
  paused_until {int} NOT NULL DEFAULT 0
) {strict};

-- A row per webhook and topic of a part, written with the part and never deleted. The ping of a new
-- webhook has neither ticket nor part.
CREATE TABLE webhook_deliveries (
  id {id},
  webhook_id {int} NOT NULL REFERENCES webhooks (id),
  topic TEXT NOT NULL,
  ticket_id {int} REFERENCES tickets (id),
  part_id {int} REFERENCES parts (id),
  uid TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN
    ('due', 'sending', 'sent', 'retrying', 'failed', 'suppressed')),
  reason TEXT,
  at {int} NOT NULL,
  due_at {int},
  first_due_at {int} NOT NULL,
  sent_at {int},
  attempts {int} NOT NULL DEFAULT 0,
  last_error TEXT,
  claimed_by TEXT,
  claimed_until {int} NOT NULL DEFAULT 0,
  CONSTRAINT a_withheld_row_says_why CHECK (status <> 'suppressed' OR reason IS NOT NULL),
  CONSTRAINT a_part_has_its_ticket CHECK ((part_id IS NULL) = (ticket_id IS NULL))
) {strict};
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook_id, part_id, topic)
  WHERE part_id IS NOT NULL;
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, id)
  WHERE status IN ('due', 'sending', 'retrying');
