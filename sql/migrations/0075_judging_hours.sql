-- In how many minutes of an hour the alert worker judged its rules; kept longer than what it recorded (alert_ticks).
CREATE TABLE judging_hours (
    hour timestamptz NOT NULL PRIMARY KEY,
    minutes smallint NOT NULL
);
