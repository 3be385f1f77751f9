// Files that are too large.

// Said before they are sent: a server that turns a request of such a size away closes the connection, and then the
// browser has nothing to show but that. This comes before whatever else waits for the choice, such as the upload.
document.addEventListener(
  "change",
  (event) => {
    const field = event.target;
    const limit = Number(field.dataset.largestFile);
    const files = [...(field.files ?? [])];
    const large = files.filter((file) => file.size > limit);
    if (!limit || !large.length) return;
    const kept = new DataTransfer();
    for (const file of files) if (file.size <= limit) kept.items.add(file);
    field.files = kept.files;
    if (!kept.files.length) event.stopPropagation();
    const names = large.map((file) => `“${file.name}”`).join(", ");
    announce(`${names}: larger than ${limit / 1024 / 1024} MB, so not chosen.`, "refused");
  },
  true,
);
