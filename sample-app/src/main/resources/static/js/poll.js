/** Runs the task now and again, one at a time, and not at all while nobody sees the page. */
export function poll(task, every) {
	let timer;
	let running = false;
	const run = async () => {
		clearTimeout(timer);
		if (document.hidden || running) {
			return;
		}
		running = true;
		await task();
		running = false;
		clearTimeout(timer);
		timer = setTimeout(run, every);
	};
	document.addEventListener('visibilitychange', run);
	run();
	return run;
}
