console.error("june-load: not yet wired");
