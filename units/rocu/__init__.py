"""The Regional Organised Crime Unit: organised crime groups and their disruption."""
