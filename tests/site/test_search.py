"""Search in the Chinese edition: what readers ask finds the page that answers it."""

from __future__ import annotations

import pytest
from course.editions import CHINESE

FIRST = 10  # among so many results a reader sees the page

# What is asked, and the page that answers it or one of several. Written before anybody saw what they find.
WINDOW = "chapters/convolution/slide-a-window"
WORDS = {
    "转置卷积": "chapters/transposed-convolution/",
    "滑动窗口": WINDOW,
    "卷积核翻转": WINDOW,
    "旋转卷积核": WINDOW,
    "互相关": WINDOW,
    "权重之和": WINDOW,
    "平坦区域的亮度": WINDOW,
    "小整数溢出": WINDOW,
    "conv2d": ("chapters/library/operations", WINDOW),
    "卷积核 照片": WINDOW,
    "信号处理库": WINDOW,
    "批次": WINDOW,
}
QUESTIONS = {
    "最大池化的位置信息": "chapters/unpooling/",
    "反池化": ("chapters/unpooling/", "chapters/glossary"),
    "双线性插值": "chapters/upsampling/interpolate",
    "双三次插值": "chapters/upsampling/interpolate",
    "最近邻插值": "chapters/upsampling/",
    "角点对齐": "chapters/upsampling/where-is-a-pixel",
    "半像素坐标": "chapters/upsampling/where-is-a-pixel",
    "align_corners": "chapters/upsampling/",
    "为什么会出现棋盘格": "chapters/transposed-convolution/checkerboards",
    "棋盘格伪影": "chapters/transposed-convolution/checkerboards",
    "输出填充": "chapters/transposed-convolution/predict-its-size",
    "卷积矩阵": "chapters/convolution/see-it-as-a-matrix",
    "卷积的输出尺寸怎么算": ("chapters/convolution/", "chapters/benches/"),
    "膨胀卷积": ("chapters/convolution/", "chapters/glossary"),
    "最小二乘": "chapters/transposed-convolution/what-an-inverse-would-need",
    "零空间": "chapters/transposed-convolution/what-an-inverse-would-need",
    "伴随恒等式": "chapters/transposed-convolution/go-back-with-the-transpose",
    "反向传播": "chapters/transposed-convolution/it-is-the-gradient",
    "权重梯度": "chapters/transposed-convolution/it-is-the-gradient",
    "转置卷积是卷积的逆运算吗": ("chapters/transposed-convolution/", "chapters/myths-and-questions"),
    "转置卷积只能恢复尺寸，不能恢复原来的数值": "chapters/transposed-convolution/",
    "反池化把值放回最大值的位置，其余填零": "chapters/unpooling/",
    "上采样与反池化的区别": ("chapters/unpooling/", "chapters/upsampling/", "chapters/myths-and-questions"),
    "感受野": ("chapters/networks/", "chapters/benches/plan-the-sizes", "chapters/glossary"),
    "特征可视化": "chapters/networks/see-what-a-feature-sees",
    "全卷积网络": "chapters/networks/segment-with-fcn",
    "跳跃连接": "chapters/networks/segment-with-u-net",
    "像素重排": ("chapters/networks/super-resolution", "chapters/upsampling/"),
    "峰值信噪比": "chapters/networks/super-resolution",
    "Canvas 题库": "chapters/teaching/quiz-bank",
    "SLURM 集群": "chapters/teaching/grade-on-a-cluster",
}
FIND = """question => {
  const results = Search._performSearch(...Search._parseQuery(question));
  return results.toReversed().map(([page]) => page);  // it shows the last first
}"""


@pytest.fixture(scope="module")
def find(browse):
    """Ask the site's own search, and return the pages that it finds, the best first."""
    with browse(f"{CHINESE.folder}search.html", "search") as visited:
        visited.page.wait_for_function("Search.hasIndex()")
        yield lambda question: list(dict.fromkeys(visited.page.evaluate(FIND, question)))


def missed(find, questions):
    return {asked: find(asked)[:FIRST] for asked, page in questions.items() if not answers(find(asked)[:FIRST], page)}


def answers(found, wanted):
    return any(page.startswith(wanted) for page in found)


def test_eleven_of_twelve_words_find_their_page(find):
    assert len(missed(find, WORDS)) <= 1, missed(find, WORDS)


def test_three_of_four_questions_and_sentences_find_their_page(find):
    assert len(missed(find, QUESTIONS)) <= len(QUESTIONS) / 4, missed(find, QUESTIONS)


def test_what_is_on_no_page_is_not_found(find):
    assert find("量子力学") == []
