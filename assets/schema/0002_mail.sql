-- The desk, version 2: mail both ways.

-- M1: a reply address is signed with the epoch of its (ticket, contact); raising it revokes every
-- address that was given out before. No row means epoch 0.
CREATE TABLE reply_epochs (
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  contact_id {int} NOT NULL REFERENCES contacts (id),
  epoch {int} NOT NULL CHECK (epoch > 0),
  PRIMARY KEY (ticket_id, contact_id)
) {strict};
