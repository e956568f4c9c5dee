"""From readings to incidents: rules, the state machine, and the tick that commits both."""
