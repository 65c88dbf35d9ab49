"""The pages of the dashboard: a module for each kind of page, with one function `pages(material)`."""
