-- Which ticket a transaction is about, where the platform says so: wash trading hands one round a circle of wallets.
ALTER TABLE transactions ADD COLUMN ticket_id text;
