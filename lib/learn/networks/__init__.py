"""The networks of the course, each as short as its drawing."""
