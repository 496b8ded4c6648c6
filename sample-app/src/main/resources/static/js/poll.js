/**
 * Runs the task now and again, one at a time, and not at all while nobody sees the page. What it returns has it run at once,
 * or as soon as the one that is running has ended.
 */
export function poll(task, every) {
	let timer;
	let running = false;
	let again = false;
	const run = async () => {
		clearTimeout(timer);
		again = running;
		if (document.hidden || running) {
			return;
		}
		running = true;
		await task();
		running = false;
		timer = setTimeout(run, again ? 0 : every);
	};
	document.addEventListener('visibilitychange', run);
	run();
	return run;
}
