"""The work orders of the render bridge: what the workers do for one picture, thumbnail or key, and whom they tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.display_cache import NearCache
from app.document import ClipWork, Media
from app.picture_maker import RestoredMaker, source_content, source_picture, variant, window_of
from app.pictures import Bgrx, Picture, Readouts, View, Want
from app.source_desk import MediaKey, SourceDesk
from engines import viewing
from engines.cancel import CancelToken
from engines.colour.screen import Screen
from engines.errors import Cancelled, TratteggioError
from engines.media.proxies import Bgr
from engines.media.source import ClipInfo
from engines.scheduler import Job, Urgency
from engines.types import FrameNo

Post = Callable[[Callable[[], None]], None]
SourceMade = Callable[[Picture], None]
RestoredMade = Callable[[ClipWork, str, Picture, Readouts | None], None]

# A frame so far from its keyframe takes long enough to decode that the keyframe is shown meanwhile.
_FAR = 6
_LAST = 1000


class SourceJobs:
    """For the thread that decodes for display, and waits for nothing else."""

    def __init__(
        self,
        desk: SourceDesk,
        post: Post,
        made: SourceMade,
        pictures: NearCache[Bgrx],
        thumbnails: NearCache[Bgrx],
        proxy: Callable[[Media, FrameNo], Bgr | None],
    ) -> None:
        self._desk = desk
        self._post = post
        self._made = made
        self._pictures = pictures
        self._thumbnails = thumbnails
        self._proxy = proxy

    def picture(self, clip: ClipWork, want: Want, urgency: Urgency, order: float) -> Job:
        def run(token: CancelToken) -> None:
            self._desk.token = token
            try:
                if urgency == Urgency.PLAYHEAD:
                    self._stand_in(clip, want)
                pixels = source_picture(self._desk, clip.media, want)
            except Cancelled:
                raise
            except TratteggioError as error:
                self._post(partial(self._made, Picture(want, None, failure=error.sentence)))
                return
            self._keep(clip, want, pixels)
            self._post(partial(self._made, Picture(want, pixels)))

        return Job(("source", clip.id, clip.media, want), urgency, run, order)

    def thumbnail(
        self,
        clip: ClipWork,
        frame: FrameNo,
        height: int,
        screen: Screen,
        made: Callable[[ClipWork, int, Bgrx], None],
    ) -> Job:
        def run(token: CancelToken) -> None:
            self._desk.token = token
            info = self._desk.source(clip.media).info
            width = max(1, round(height * info.width * info.sar / info.height))
            view = View(0, 0, info.width, info.height, width, height)
            proxy = self._proxy(clip.media, frame)
            if proxy is None:
                pixels = source_picture(self._desk, clip.media, Want(clip.id, frame, "source", view, screen=screen))
            else:
                pixels = viewing.small(proxy, width, height, info.colour, screen)
            content = source_content(clip.media, frame)
            self._thumbnails.put(content, (height, screen), clip.id, frame, pixels, pixels.nbytes)
            made(clip, frame, pixels)

        return Job(("thumbnail", clip.id, clip.media, frame, height, screen), Urgency.THUMBNAIL, run, frame)

    def info(self, clip: ClipWork, told: Callable[[ClipInfo], None]) -> Job:
        def run(token: CancelToken) -> None:
            self._desk.token = token
            told(self._desk.source(clip.media).info)

        return Job(("info", clip.id, clip.media), Urgency.PLAYHEAD, run, -1)

    def keep(self, used: set[MediaKey]) -> Job:
        return Job(("close",), Urgency.PLAYHEAD, lambda _: self._desk.keep(used), -2)

    def _stand_in(self, clip: ClipWork, want: Want) -> None:
        """Where the frame itself takes long, something near it at once."""
        near = self._desk.keyframe(clip.media, want.frame)
        if want.frame - near < _FAR or self._desk.at_hand(clip.media, want.frame):
            return
        proxy = self._proxy(clip.media, want.frame)
        if proxy is not None:
            factor = proxy.shape[1] / clip.media.width
            colour = self._desk.source(clip.media).info.colour
            pixels = viewing.enlarged(proxy, window_of(want.view).scaled(factor), colour, want.screen)
            self._post(partial(self._made, Picture(want, pixels, reduction=max(2, round(1 / factor)))))
            return
        beside = replace(want, frame=near)
        there = self._pictures.get(source_content(clip.media, near), variant(beside))
        if there is None:
            there = source_picture(self._desk, clip.media, beside)
            self._keep(clip, beside, there)
        self._post(partial(self._made, Picture(want, there, stale=True)))

    def _keep(self, clip: ClipWork, want: Want, pixels: Bgrx) -> None:
        content = source_content(clip.media, want.frame)
        self._pictures.put(content, variant(want), clip.id, want.frame, pixels, pixels.nbytes)


class RestoredJobs:
    """For the thread that infers."""

    def __init__(
        self,
        maker: RestoredMaker,
        desk: SourceDesk,
        post: Post,
        made: RestoredMade,
        measured: Callable[[str, Readouts], None],
        pictures: NearCache[Bgrx],
    ) -> None:
        self._maker = maker
        self._desk = desk
        self._post = post
        self._made = made
        self._measured = measured
        self._pictures = pictures

    def pictures(self, clip: ClipWork, want: Want, place: int, *, exact: bool) -> list[Job]:
        """Something at once, and, with `exact`, the exact picture after it; without, what is as fine as the screen."""
        identity = (clip.id, id(clip), want)
        jobs = [Job(("quick", *identity), Urgency.PLAYHEAD, self._guarded(clip, want, self._quick), place)]
        if not exact:
            jobs.append(Job(("fine", *identity), Urgency.PLAYBACK, self._guarded(clip, want, self._fine), place))
        else:
            jobs.append(Job(("exact", *identity), Urgency.PLAYBACK, self._guarded(clip, want, self._exact), place))
        return jobs

    def ahead(self, clip: ClipWork, want: Want, order: float) -> Job:
        """A picture that may be wanted next; only where it costs little."""

        def work(token: CancelToken) -> None:
            cheap = not self._maker.reductions(clip, want.frame, want.view)
            if cheap and not self._maker.waits(clip, want.frame):
                self._make(clip, want, 1, token)

        run = self._guarded(clip, want, lambda _clip, _want, token: work(token))
        return Job(("ahead", clip.id, id(clip), want), Urgency.PREFETCH, run, order)

    def ends(self, clip: ClipWork, want: Want) -> Job:
        """Both ends of the slider, so that dragging it only blends."""
        return Job(
            ("ends", clip.id, id(clip), want.frame, want.view),
            Urgency.PREFETCH,
            self._guarded(clip, want, self._prepare),
            -1,
        )

    def distance(self, clip: ClipWork, want: Want) -> Job:
        """How different the answer looks from the faithful one: last of all, nobody waits for it."""
        return Job(
            ("distance", clip.id, id(clip), want.frame, want.view),
            Urgency.PREFETCH,
            self._guarded(clip, want, self._compare),
            _LAST,
        )

    def contents(self, clip: ClipWork, frames: Sequence[FrameNo], told: Callable[[Mapping[FrameNo, str]], None]) -> Job:
        """Which content the frames have under `clip`'s treatment."""

        def run(token: CancelToken) -> None:
            self._desk.token = token
            keys = {}
            for frame in frames:
                token.check()
                keys[frame] = self._maker.content(clip, frame)
            self._post(partial(told, keys))

        # After what the user looks at: there may be thousands.
        return Job(("contents", clip.id, id(clip)), Urgency.PROBE, run, 2)

    def keep(self, used: set[MediaKey], clips: set[str]) -> Job:
        def run(_token: CancelToken) -> None:
            self._maker.keep(clips)
            self._desk.keep(used)

        return Job(("close",), Urgency.PLAYHEAD, run, -2)

    def _quick(self, clip: ClipWork, want: Want, token: CancelToken) -> None:
        content = self._maker.content(clip, want.frame)
        pixels = self._pictures.get(content, variant(want))
        if pixels is not None:
            # It may have been made as an end of the slider, when nobody asked what is flagged in it.
            readouts = self._maker.readouts(clip, want.frame, want.view)
            known = None if readouts.flagged is None else readouts
            self._post(partial(self._made, clip, content, Picture(want, pixels, flagged=readouts.flagged), known))
            return
        if self._mix(clip, want, content, token):
            return
        if self._maker.is_there(clip, want.frame, want.view):
            self._make(clip, want, 1, token)
            return
        live = self._maker.live(clip, want, "quick", token)
        if live is not None:
            self._post(partial(self._made, clip, content, live, None))
            return
        worth = self._maker.reductions(clip, want.frame, want.view)
        for reduction in worth or (1,):
            # The first one tells how long the others will take.
            if reduction == 1 or reduction in self._maker.reductions(clip, want.frame, want.view):
                self._make(clip, want, reduction, token)

    def _fine(self, clip: ClipWork, want: Want, token: CancelToken) -> None:
        content = self._maker.content(clip, want.frame)
        if self._pictures.get(content, variant(want)) is None:
            finer = self._maker.live(clip, want, "fine", token)
            if finer is not None:
                self._post(partial(self._made, clip, content, finer, None))

    def _mix(self, clip: ClipWork, want: Want, content: str, token: CancelToken) -> bool:
        """While the slider is dragged: between the pictures of its ends, quicker than between their frames."""
        found = self._maker.between(clip, want)
        if found is None or want.kind != "restored" or want.marks:
            return False
        first, last = (self._end_picture(end, want, token) for end in found[:2])
        readouts = self._maker.readouts(clip, want.frame, want.view)
        picture = Picture(want, viewing.mixed(first, last, found[2]), flagged=readouts.flagged)
        self._post(partial(self._made, clip, content, picture, readouts))
        return True

    def _end_picture(self, end: ClipWork, want: Want, token: CancelToken) -> Bgrx:
        content = self._maker.content(end, want.frame)
        held = self._pictures.get(content, variant(want))
        if held is None:
            held = self._maker.picture(end, want, 1, token)[0].pixels
            assert held is not None
            self._pictures.put(content, variant(want), end.id, want.frame, held, held.nbytes)
        return held

    def _exact(self, clip: ClipWork, want: Want, token: CancelToken) -> None:
        content = self._maker.content(clip, want.frame)
        if self._pictures.get(content, variant(want)) is None:
            self._make(clip, want, 1, token)

    def _prepare(self, clip: ClipWork, want: Want, token: CancelToken) -> None:
        readouts = self._maker.prepare(clip, want.frame, want.view, token)
        if readouts is not None:
            self._post(partial(self._measured, self._maker.content(clip, want.frame), readouts))

    def _compare(self, clip: ClipWork, want: Want, _token: CancelToken) -> None:
        readouts = self._maker.compare(clip, want.frame, want.view)
        if readouts is not None:
            self._post(partial(self._measured, self._maker.content(clip, want.frame), readouts))

    def _make(self, clip: ClipWork, want: Want, reduction: int, token: CancelToken) -> None:
        content = self._maker.content(clip, want.frame)
        picture, readouts = self._maker.picture(clip, want, reduction, token)
        if picture.pixels is not None and not picture.waiting:
            shown = variant(want, reduction)
            self._pictures.put(content, shown, clip.id, want.frame, picture.pixels, picture.pixels.nbytes)
        self._post(partial(self._made, clip, content, picture, readouts))

    def _guarded(
        self, clip: ClipWork, want: Want, work: Callable[[ClipWork, Want, CancelToken], None]
    ) -> Callable[[CancelToken], None]:
        """A failure becomes a picture that says so; what was not expected is reported as well."""

        def run(token: CancelToken) -> None:
            self._desk.token = token
            try:
                work(clip, want, token)
            except Cancelled:
                raise
            except TratteggioError as error:
                self._post(partial(self._made, clip, "", Picture(want, None, failure=error.sentence), None))
            except Exception as error:
                sentence = f"Frame {want.frame} could not be rendered: {str(error) or type(error).__name__}."
                self._post(partial(self._made, clip, "", Picture(want, None, failure=sentence), None))
                raise

        return run
