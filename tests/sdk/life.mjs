// A ticket's whole life, played with the official Node client against a desk that is being served.
// Prints the numbers of the tickets it made, as JSON. Fails at the first thing that is not so.
//
// usage: node life.mjs URL TOKEN ADMIN_ID
import assert from "node:assert/strict";
import { IntercomClient } from "intercom-client";

const [baseUrl, token, adminId] = process.argv.slice(2);
const client = new IntercomClient({ token, baseUrl });
const refused = async (promise, status, code) => {
  const error = await promise.then(() => assert.fail("it was not refused"), (e) => e);
  assert.equal(error.statusCode, status, `${error}`);
  assert.equal(error.body.type, "error.list");
  if (code) assert.equal(error.body.errors[0].code, code);
};

const me = await client.admins.identify();
assert.equal(me.type, "admin");
const admins = await client.admins.list();
assert.ok(admins.admins.some((a) => a.id === adminId));
assert.equal((await client.admins.find({ admin_id: adminId })).id, adminId);
assert.equal((await client.teams.list()).teams.length, 1);

const types = (await client.ticketTypes.list()).data;
const typeOf = (category) => types.find((t) => t.category === category).id;
assert.deepEqual(types.map((t) => t.category).sort(), ["Back-office", "Customer", "Tracker"]);
const states = (await client.ticketStates.listTicketStates()).data;
const stateOf = (category) => states.find((s) => s.category === category).id;
assert.deepEqual(states.map((s) => s.external_label),
  ["Submitted", "In progress", "Waiting on you", "Resolved"]);

const ada = await client.contacts.create({ role: "user", email: "ada@lumen.example", name: "Ada Park", external_id: "u-1" });
assert.equal(ada.email, "ada@lumen.example");
assert.equal((await client.contacts.find({ contact_id: ada.id })).id, ada.id);
await refused(client.contacts.create({ email: "ADA@lumen.example" }), 409, "conflict");

const submit = (category, title, contacts) =>
  client.tickets.create({
    ticket_type_id: typeOf(category),
    contacts,
    ticket_attributes: { _default_title_: title, _default_description_: `About ${title}` },
  });
const customer = await submit("Customer", "Refund", [{ id: ada.id }]);
const backOffice = await submit("Back-office", "Chargeback", [{ email: "ada@lumen.example" }]);
const tracker = await submit("Tracker", "Payouts fail", []);
assert.equal(customer.is_shared, true);
assert.equal(backOffice.is_shared, false);
assert.equal(tracker.is_shared, false);
assert.equal(customer.ticket_attributes._default_title_, "Refund");
assert.equal(customer.admin_assignee_id, "0");

const reply = (ticket, body) => client.tickets.reply({ ticket_id: ticket.id, body });
const byAdmin = { type: "admin", admin_id: adminId };
const comment = await reply(customer, { ...byAdmin, message_type: "comment", body: "<p>We look &amp; see.</p>" });
assert.equal(comment.type, "ticket_part");
assert.equal(comment.part_type, "comment");
assert.equal(comment.body, "<p>We look &amp; see.</p>");
assert.equal(comment.author.id, adminId);
const note = await reply(customer, { ...byAdmin, message_type: "note", body: "Hush" });
assert.equal(note.part_type, "note");
const answer = await reply(customer, { type: "user", intercom_user_id: ada.id, message_type: "comment", body: "Thanks" });
assert.equal(answer.author.type, "user");

// V3, V4: in words, by this way as by every other.
await refused(reply(tracker, { ...byAdmin, message_type: "comment", body: "Hello" }), 403);
await refused(reply(backOffice, { ...byAdmin, message_type: "comment", body: "Hello" }), 403);
await refused(reply(backOffice, { type: "user", intercom_user_id: ada.id, message_type: "comment", body: "?" }), 404);
await refused(client.tickets.update({ ticket_id: tracker.id, is_shared: true }), 403);
await refused(client.tickets.update({ ticket_id: customer.id, is_shared: false }), 403);

const update = (ticket, changes) => client.tickets.update({ ticket_id: ticket.id, admin_id: Number(adminId), ...changes });
let now = await update(customer, { ticket_state_id: stateOf("in_progress") });
assert.equal(now.ticket_state.category, "in_progress");
now = await update(customer, { ticket_state_id: stateOf("in_progress") });
assert.equal(now.ticket_state.category, "in_progress", "what is so already stays so");
await refused(update(customer, { ticket_state_id: "0" }), 400, "ticket_state_id_invalid");
await refused(update(customer, { assignee_id: "999" }), 404, "assignee_not_found");
now = await update(customer, { assignee_id: adminId });
assert.equal(now.admin_assignee_id, adminId);
now = await update(customer, { ticket_state_id: stateOf("waiting_on_customer") });
now = await update(customer, { ticket_state_id: stateOf("resolved") });
assert.equal(now.open, false);
now = await update(backOffice, { is_shared: true });
assert.equal(now.is_shared, true);
now = await update(backOffice, { open: false });
assert.equal(now.open, false);
assert.equal(now.ticket_state.category, "submitted", "closing does not resolve");

// Two on a page: each ticket once, and all of them.
const found = [];
for await (const ticket of await client.tickets.search({
  query: { operator: "OR", value: [
    { field: "contact_ids", operator: "=", value: ada.id },
    { field: "category", operator: "=", value: "tracker" },
  ] },
  pagination: { per_page: 2 },
})) found.push(ticket.id);
assert.deepEqual(found, [tracker.id, backOffice.id, customer.id]);
const open = await client.tickets.search({ query: { field: "open", operator: "=", value: "true" } });
assert.ok(!open.data.some((t) => t.id === customer.id));
await refused(client.tickets.search({ query: { field: "company_id", operator: "=", value: "1" } }), 400, "invalid_field");

const tag = await client.tags.create({ name: "vip" });
assert.equal((await client.tags.tagTicket({ ticket_id: customer.id, id: tag.id, admin_id: adminId })).name, "vip");
assert.ok((await client.tags.list()).data.some((t) => t.id === tag.id));
await client.tags.untagTicket({ ticket_id: customer.id, tag_id: tag.id, admin_id: adminId });

const whole = await client.tickets.get({ ticket_id: customer.id });
assert.equal(whole.ticket_state.category, "resolved");
assert.equal(whole.ticket_parts.total_count, whole.ticket_parts.ticket_parts.length);
await refused(client.tickets.get({ ticket_id: "99999" }), 404);
await refused(new IntercomClient({ token: "wrong", baseUrl }).tickets.get({ ticket_id: customer.id }), 401, "unauthorized");

const integers = await new IntercomClient({ token, baseUrl, version: "2.16" }).tickets.get({ ticket_id: customer.id });
assert.equal(integers.admin_assignee_id, Number(adminId));

console.log(JSON.stringify([customer.id, backOffice.id, tracker.id]));
