"""The one place for packages of Office files: zip entries, markup, parts with their relations and content types."""
