"""Packages of Office Open XML: parts, types and a zip whose bytes depend on nothing but its content."""
