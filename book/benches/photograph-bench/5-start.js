document.querySelectorAll(".tag_photograph-bench figure:has(script)").forEach(startPhotographs);
