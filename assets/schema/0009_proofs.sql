-- What the reply and bounce addresses of a mail proved when it arrived. Their signatures are taken out
-- before the mail is kept, so that a copy of the database holds no address that is valid. The numbers
-- name rows without being bound to them: a mail is kept whatever became of those.
CREATE TABLE inbound_proofs (
  inbound_id {int} NOT NULL REFERENCES inbound (id),
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'bounce')),
  ticket_id {int},
  contact_id {int},
  epoch {int},
  delivery_id {int},
  CHECK ((kind = 'reply' AND ticket_id IS NOT NULL AND contact_id IS NOT NULL AND epoch IS NOT NULL
          AND delivery_id IS NULL)
      OR (kind = 'bounce' AND ticket_id IS NULL AND contact_id IS NULL AND epoch IS NULL
          AND delivery_id IS NOT NULL))
) {strict};
CREATE INDEX inbound_proofs_mail ON inbound_proofs (inbound_id);
