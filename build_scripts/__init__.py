"""From structured facts to the pages, tables and downloads of the living review."""
